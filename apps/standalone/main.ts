console.log('hi');
import '#event';
