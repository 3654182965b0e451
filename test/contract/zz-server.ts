import { createServer } from 'node:http';
import { SimulatedAws } from '../../sim/aws.ts';
const aws = new SimulatedAws({ seed: 1 });
aws.organization.addAccount('111122223333'); 
aws.sqs.createQueue('111122223333','eu-west-1','work.fifo');
aws.ssm.put('111122223333','eu-west-1','/a','v','SecureString');
aws.sns.createTopic('111122223333','eu-west-1','t');
aws.iam.createRole('111122223333','r',{Statement:{Effect:'Allow',Principal:{AWS:'arn:aws:iam::111122223333:root'},Action:'sts:AssumeRole'}});
createServer((req, res) => { const chunks: Buffer[] = []; req.on('data', c => chunks.push(c)); req.on('end', async () => {
  try {
  const r = await aws.answer({ method: req.method!, host: req.headers.host!, path: req.url!, headers: req.headers as never, body: Buffer.concat(chunks).toString() });
  await aws.clock.run(aws.clock.now()+5000);
  res.writeHead(r.status, r.headers); res.end(r.body);
  } catch (e) { console.error(e); res.writeHead(500); res.end(); }
});}).listen(4599);
setTimeout(()=>process.exit(0), 40000);
